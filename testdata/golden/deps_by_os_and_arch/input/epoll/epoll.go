package epoll
