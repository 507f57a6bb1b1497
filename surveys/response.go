package surveys

import "time"

// Response is what one visitor said in one visit: the immutable content of a record. The identifiers that make it count
// once (answer_id, origin, seq) belong to package wire.
type Response struct {
	Survey  string `json:"survey"`  // Survey.ID
	Version string `json:"version"` // Survey.Version
	Number  int    `json:"number"`  // Survey.Number
	// Language is the code of the language the visit ended in.
	Language string `json:"language"`
	// Audience is the code of the first audience whose condition held at the end, or "".
	Audience string `json:"audience,omitempty"`
	// Seed chose what a page with Pick asked; the same seed and answers give the same path.
	Seed uint64 `json:"seed,omitempty"`
	// Ticket is what the visitor was let in by, ten digits as CheckTicket returns them; "" unless the survey's test has
	// Tickets.
	Ticket string `json:"ticket,omitempty"`
	// Partial says that the visitor went away before the end: the answers are those given until then. Only a survey with
	// Survey.Partial has such responses.
	Partial bool `json:"partial,omitempty"`
	// Gap and Tap are what tells one child's burst of taps from fourteen clients. They are recorded for a visit of one
	// question to a survey that is not anonymous. Gap is the time since the visit before ended on this terminal, in tenths
	// of a second, MaxGap for longer ones; 0 for the first visit since the terminal started.
	Gap int `json:"gap,omitempty"`
	Tap Tap `json:"tap,omitzero"`
	// Started is the terminal's wall clock when the visit began (UTC, whole seconds); for an anonymous survey the day alone,
	// as midnight in UTC of the date on the terminal's calendar. Zone is how many minutes the terminal's zone was east of UTC
	// then; 0 for an anonymous survey.
	Started time.Time `json:"started"`
	Zone    int       `json:"zone,omitempty"`
	// Seconds is how long the visit took by the monotonic clock, rounded to whole seconds.
	Seconds int `json:"seconds"`
	// Answers holds one entry for each question that was on the visitor's path when the visit ended, in that order;
	// none for those whose kind has no value.
	Answers []Answer `json:"answers"`
}

// Began is when the visit began as the terminal's clock on the wall showed it: Visit.Began of whoever goes the visitor's way
// again.
func (r *Response) Began() time.Time {
	if r.Zone == 0 {
		return r.Started.UTC()
	}
	return r.Started.In(time.FixedZone("", r.Zone*60))
}

// Begin sets Started and Zone for a visit to the survey that began at t in the terminal's zone.
func (r *Response) Begin(s *Survey, t time.Time) {
	t = s.Moment(t)
	_, east := t.Zone()
	r.Started, r.Zone = t.UTC(), east/60
}

// MaxZone is the largest distance of Response.Zone from 0, 18 hours in minutes: no place on earth is further off.
const MaxZone = 18 * 60

// MaxGap is the longest Response.Gap, an hour: what is further apart is no burst.
const MaxGap = 36_000

// Tap is where the glass was touched, from the left and from the top, in thousandths of its width and height; the zero Tap
// is none, as of an answer given on a keyboard.
type Tap [2]int

// IsZero reports whether there was no tap.
func (t Tap) IsZero() bool { return t == Tap{} }

// Outcome says what became of a question that was asked.
type Outcome string

// The outcomes. The empty outcome is Answered, the common case.
const (
	Answered Outcome = ""
	Skipped  Outcome = "skipped"
	Declined Outcome = "declined"  // the visitor chose not to answer a question that offers it, see Question.Decline
	TimedOut Outcome = "timed-out" // the time limit of the question or of the test ran out
)

// Answer is what was said to one question.
type Answer struct {
	Question string  `json:"q"`           // Question.Code
	Value    Value   `json:"v,omitzero"`  // empty unless Answered
	Outcome  Outcome `json:"o,omitempty"` // see Outcome
	// Tenths is how long the question was on the glass in all, in tenths of a second; 0 when not measured. Of questions that
	// share a screen each has an equal part of the screen's time: which of them was being read nobody knows.
	Tenths int `json:"t,omitempty"`
}

// Answers are the values given so far in a visit, by question code. A question without an entry is unanswered.
type Answers map[string]Value
