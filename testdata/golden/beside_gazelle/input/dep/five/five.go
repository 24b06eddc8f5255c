package five
