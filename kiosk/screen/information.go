package screen

// information is a page that only says something: its words are the question's, and Next leads on.
func information(*page, rect) {}
