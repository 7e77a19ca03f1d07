"""The OpenAPI description: Chinese words for every operation and field, problems, scopes."""
