"""Recipes: named functions that return the components of an annotation app."""

from prodflow.recipes.argument import Arg
from prodflow.recipes.recipe import Recipe, get_recipe, recipe, set_recipe

__all__ = ["Arg", "Recipe", "get_recipe", "recipe", "set_recipe"]
