"""What long lists share: pages by key, counts that stop, and files of what is shown."""
