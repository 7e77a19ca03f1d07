"""通报: drafted from frozen figures, checked by those named, reviewed, issued, answered."""
