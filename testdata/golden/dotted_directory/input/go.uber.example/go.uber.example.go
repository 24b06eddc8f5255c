package uber
