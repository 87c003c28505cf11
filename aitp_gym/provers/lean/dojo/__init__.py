"""LeanDojo: theorems of traced repositories, through the `lean_dojo` package."""
