package poll

import _ "example.com/repo/iocp"
