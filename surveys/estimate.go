package surveys

import (
	"math"
	"strings"
)

// Seconds estimates how long a visitor takes for the survey: the mean over drawn visits, so that a branch counts as often
// as it is met, of the time to read each screen's words and to answer. The figures are ours, for adults who stand at the
// glass: no method of the field gives them. The recorded times of the first weeks say how true they are of a survey.
func (s *Survey) Seconds() int {
	var sum float64
	for seed := range uint64(drawnVisits) {
		v := Visit{Survey: s, Seed: seed}
		sum += v.seconds(v.drawAnswers())
	}
	return int(math.Ceil(sum / drawnVisits))
}

// Seconds estimates, as Survey.Seconds does, how long the way takes that these answers lead.
func (v Visit) Seconds(a Answers) int { return int(math.Ceil(v.seconds(a))) }

func (v Visit) seconds(a Answers) (sum float64) {
	language := v.Survey.Languages[0]
	page := -1
	v.walk(a, func(step *step) {
		q := step.question
		if !q.Kind.Traits().HasScreen {
			return
		}
		if step.page != page || !v.Survey.Pages[step.page].Together {
			sum += secondsPerScreen
		}
		page = step.page
		sum += float64(q.words(language))/wordsPerSecond + q.secondsToAnswer()
	})
	return sum
}

const (
	drawnVisits      = 32
	wordsPerSecond   = 3.0 // 180 a minute: somebody who reads standing
	secondsPerScreen = 0.7 // until the eye has found its way
	// writing is the share of visitors who write into a text that they may skip.
	writing = 0.3
)

// drawAnswers gives every question that can steer the way through the survey an answer. Those to questions that turn out
// not to be on the path have no effect.
func (v Visit) drawAnswers() Answers {
	const stream = math.MinInt32 // apart from those of pages and choices
	a := Answers{}
	for i, q := range v.Survey.questions {
		draw := func(n int) int { return int(lot(v.Seed, stream, i) % uint64(n)) }
		lowest, highest, scale := q.Scale()
		switch {
		case q.Kind.Traits().HasChoices && q.Kind.Traits().List:
			a[q.Code] = Codes(q.Choices[draw(len(q.Choices))].Code)
		case q.Kind.Traits().HasChoices:
			a[q.Code] = String(q.Choices[draw(len(q.Choices))].Code)
		case q.Kind == YesNo || q.Kind == Consent:
			a[q.Code] = String(yesNo[draw(2)])
		case scale:
			a[q.Code] = Number(float64(lowest + draw(highest-lowest+1)))
		case q.Kind == Slider:
			stops := int(math.Round((q.Max - q.Min) / q.Step))
			a[q.Code] = Number(q.Min + float64(draw(stops+1))*q.Step)
		}
	}
	return a
}

// words counts what there is to read, but for a consent's full text.
func (q *Question) words(language string) int {
	n := 0
	count := func(t Text) { n += len(strings.Fields(t.In(language))) }
	count(q.Text)
	count(q.Hint)
	if q.Kind != Dropdown { // nobody reads a list that can be searched
		all := n
		for _, c := range q.Choices {
			count(c.Text)
		}
		n = all + (n-all)/2 // the eye stops at the choice that fits
	}
	for _, r := range q.Rows {
		count(r.Text)
	}
	if q.Consent != nil {
		count(q.Consent.Purpose)
		count(q.Consent.Term)
	}
	return n
}

// secondsToAnswer is the time from having read to having answered.
func (q *Question) secondsToAnswer() float64 {
	switch q.Kind {
	case Information:
		return 1
	case MultipleChoice:
		return 4
	case Ranking:
		return 2 + 2.5*float64(q.Top)
	case Matrix:
		return 2.5 * float64(len(q.Rows))
	case Dropdown, Slider, NumberEntry, Consent:
		return 5
	case Date, Time, Signature:
		return 8
	case ShortText:
		return q.written(20)
	case LongText:
		return q.written(40)
	case Phone:
		return q.written(12)
	case Email:
		return q.written(25)
	}
	if len(q.Correct) > 0 {
		return 8 // one thinks about it
	}
	return 2
}

// written is the time for a text by all visitors, of whom some skip it.
func (q *Question) written(seconds float64) float64 {
	if q.Required {
		return seconds
	}
	return seconds*writing + 1
}
