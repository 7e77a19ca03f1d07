"""The dataset's file of retention inputs."""
