package visit

import "otklik/surveys"

// Event is something that happened: a visitor did it, storage answered, or time passed.
type Event interface{ event() }

// What a visitor does.
type (
	// Start begins a visit from the attract screen, in a language; "" keeps the one shown.
	Start struct{ Language string }
	// ShowLanguages opens the screen of languages; choosing one, or Back, returns to where it was opened.
	ShowLanguages struct{}
	// Speak switches to a language; one that no survey speaks is ignored.
	Speak struct{ Language string }
	// ChooseSurvey picks a survey from the menu.
	ChooseSurvey struct{ ID string }
	// Begin starts a test from its opening; its time runs from then on.
	Begin struct{}
	// Answer gives the value of the question shown and goes on: for questions that one tap answers. Tap is where; zero from
	// a keyboard. On a screen of several questions it is the same as Edit.
	Answer struct {
		Question string // its code; "" is the question shown, of several the first
		Value    surveys.Value
		Tap      surveys.Tap
	}
	// Edit gives the value of the question shown and stays: for several choices and for text. An empty text and an empty
	// list take the answer back. On Screen Ticket it is the number typed so far.
	Edit struct {
		Question string // as in Answer
		Value    surveys.Value
	}
	// Next goes on; it is ignored while a required question of the screen has no answer, or the ticket is not good.
	Next struct{}
	// Skip takes the answer back and goes on; it is ignored on a required question. On a screen of several questions it goes
	// on while nothing is required and nothing given there.
	Skip struct{}
	// Decline says «не хочу отвечать» and goes on; it is ignored on a question that does not offer it. Of several questions
	// on a screen it declines the one named and stays; said again it is taken back.
	Decline struct{ Question string }
	// Back returns to the question before, and from the first one leaves the survey. In a test that was begun it passes
	// over questions whose time is over, and never leaves. During the Pause it takes the answer back.
	Back struct{}
	// Read opens the full text of the consent that is asked for; Back returns to the question. It is ignored where there
	// is none.
	Read struct{}
	// Touched says that somebody did what changes nothing here: they are still there.
	Touched struct{}
	// Turned says that somebody turned to another part of the screen, which appears now.
	Turned struct{}
	// Continue says «я ещё здесь» to the warning.
	Continue struct{}
	// Finish leaves the last screen, or ends the Pause at once.
	Finish struct{}
)

// What the terminal says.
type (
	// Saved says that the response that Handle returned is durable; only then is anyone thanked.
	Saved struct{}
	// SaveFailed says that it could not be stored.
	SaveFailed struct{}
	// Recovered says that storage works again.
	Recovered struct{}
	// Tick says that time passed; send one at Deadline.
	Tick struct{}
)

func (Start) event()         {}
func (ShowLanguages) event() {}
func (Speak) event()         {}
func (ChooseSurvey) event()  {}
func (Begin) event()         {}
func (Answer) event()        {}
func (Edit) event()          {}
func (Next) event()          {}
func (Skip) event()          {}
func (Decline) event()       {}
func (Back) event()          {}
func (Read) event()          {}
func (Touched) event()       {}
func (Turned) event()        {}
func (Continue) event()      {}
func (Finish) event()        {}
func (Saved) event()         {}
func (SaveFailed) event()    {}
func (Recovered) event()     {}
func (Tick) event()          {}
