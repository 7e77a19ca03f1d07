"""Sizes of PostgreSQL's memory, derived from the machine's."""

import os


def machine_megabytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def postgres_memory() -> dict[str, str]:
    total = machine_megabytes()
    return {
        "shared_buffers": f"{max(64, min(total // 4, 1024))}MB",
        "effective_cache_size": f"{max(128, min(total // 2, 8192))}MB",
        "work_mem": f"{max(8, min(total // 400, 48))}MB",
        "maintenance_work_mem": f"{max(64, min(total // 32, 512))}MB",
    }
