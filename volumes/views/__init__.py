"""Pages of 报量: tasks, reports with their sheet, members' sheets, letters."""
