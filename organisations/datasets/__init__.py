"""The dataset's files of regions, pools, institutions, consortia and enterprises."""
