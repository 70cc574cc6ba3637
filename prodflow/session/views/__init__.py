"""What a task must look like in each interface, one file for each family of interfaces."""
