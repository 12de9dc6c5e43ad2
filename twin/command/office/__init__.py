"""books and history: files for the office, and questions over many saved runs."""
