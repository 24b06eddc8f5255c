int zip;
