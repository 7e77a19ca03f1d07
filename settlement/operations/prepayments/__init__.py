"""Prepayments: asked, approved by others, paid, used up month by month, the rest returned."""
