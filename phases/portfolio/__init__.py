"""What spans engagements, and the pages of one engagement as a whole."""
