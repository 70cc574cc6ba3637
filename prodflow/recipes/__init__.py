"""Recipes: named functions that return the components of an annotation app."""

from prodflow.recipes.recipe import Recipe, recipe

__all__ = ["Recipe", "recipe"]
