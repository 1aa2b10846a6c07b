"""Word processors and presentations, as XML in archives and as the binary files of before."""
