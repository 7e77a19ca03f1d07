"""约定采购量: a round is opened, institutions choose, it is computed, published figures win, confirmed."""
