"""How good answers are: agreement of annotators, and what is most likely true."""
