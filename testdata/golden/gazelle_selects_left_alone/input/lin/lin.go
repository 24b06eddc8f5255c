package lin
