"""Plain frozen data: what the other layers read and write, with no behaviour beyond itself."""
