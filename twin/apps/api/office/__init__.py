"""What programs read of the office: what is owed, planned and dearer; what is wanted and offered; what lies where and is picked."""
