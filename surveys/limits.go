package surveys

import "regexp"

// MaxSourceBytes bounds the source of a survey, with the pictures in it.
const MaxSourceBytes = 1 << 20

// maxTextBytes bounds the source without its pictures.
const maxTextBytes = 256 << 10

// Bounds of what a survey can contain; Load reports what goes beyond them. Lengths are in characters (runes).
const (
	maxCode       = 40
	maxID         = 64
	maxNumber     = 1_000_000
	maxLanguages  = 8
	maxAudiences  = 20
	maxPages      = 200
	maxQuestions  = 200 // in all
	maxChoices    = 30
	maxDropdown   = 500 // choices of a dropdown
	maxRows       = 20  // of a matrix
	maxTogether   = 6   // questions on one screen
	maxQuotas     = 50
	maxOpenings   = 20
	maxCorrect    = 20 // right answers to one question
	maxTitle      = 120
	maxQuestion   = 500 // question texts, hints, thanks
	maxLabel      = 120 // choices, names, ends of scales
	maxStatement  = 6000
	maxTextLength = 2000

	usualMaxLength   = 500
	usualMaxLongText = 1000

	maxPoints    = 100
	maxTimeLimit = 4 * 60 * 60 // seconds
	maxCount     = 1_000_000   // of a quota, and of every n-th visitor
	// maxResponseBytes bounds the largest response to a survey, in bytes of JSON, so that its record stays well below what
	// a record may be on the wire.
	maxResponseBytes = 48 << 10
	maxBrackets      = 64 // [ and { open at once in the source
)

// The shapes of names. A code is also the name of a column and of a variable, so it has no hyphen.
var (
	codeShape     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	idShape       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	languageShape = regexp.MustCompile(`^[a-z]{2,3}$`)
)

// IsID reports whether a survey can have this ID.
func IsID(id string) bool { return len(id) <= maxID && idShape.MatchString(id) }
