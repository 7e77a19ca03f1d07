"""The dataset's file of complaints."""
