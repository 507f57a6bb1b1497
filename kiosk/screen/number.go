package screen

import (
	"strconv"
	"strings"
	"time"

	"otklik/kiosk/keyboard"
	"otklik/surveys"
)

// numberEntry paints a keypad for a number.
func numberEntry(p *page, body rect) {
	q := p.view.Question
	p.pad(keyboard.NumberPad, 12, func() string {
		if n, ok := p.view.Value.Float(); ok {
			return number(n, q.Decimals)
		}
		return ""
	}, func(text string) surveys.Value {
		n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil {
			return unread(text)
		}
		return surveys.Number(n)
	})
	p.typingOf(body, "number.placeholder")
}

// date paints a keypad for a day, written 31.12.2026.
func date(p *page, body rect) {
	p.moment(body, momentForms[surveys.Date])
}

// clockTime paints a keypad for a time of day, written 17:45.
func clockTime(p *page, body rect) {
	p.moment(body, momentForms[surveys.Time])
}

// dayAndTime paints a keypad for a day with a time, written 31.12.2026 17:45.
func dayAndTime(p *page, body rect) {
	p.moment(body, momentForms[surveys.DateTime])
}

// momentForm is a keypad for what is written in one form on the glass and in another in answers.
type momentForm struct{ pad, written, answered, placeholder string }

var momentForms = map[surveys.QuestionKind]momentForm{
	surveys.Date:     {keyboard.DayPad, "02.01.2006", "2006-01-02", "day.placeholder"},
	surveys.Time:     {keyboard.ClockPad, "15:04", "15:04", "clock.placeholder"},
	surveys.DateTime: {keyboard.MomentPad, "02.01.2006 15:04", "2006-01-02T15:04", "moment.placeholder"},
}

// show returns a value as it is written on the glass; what is no value yet, as it is.
func (f momentForm) show(value string) string {
	if t, err := time.Parse(f.answered, value); err == nil {
		return t.Format(f.written)
	}
	return value
}

func (p *page) moment(body rect, f momentForm) {
	p.pad(f.pad, len(f.written), func() string { return f.show(p.given()) }, func(text string) surveys.Value {
		if t, err := time.Parse(f.written, text); err == nil {
			return surveys.String(t.Format(f.answered))
		}
		return unread(text)
	})
	p.typingOf(body, f.placeholder)
}

// phone paints a keypad for a telephone number.
func phone(p *page, body rect) {
	p.pad(keyboard.PhonePad, 18, p.given, func(text string) surveys.Value {
		if e164, ok := surveys.ParsePhone(text); ok {
			return surveys.String(e164)
		}
		return unread(text)
	})
	p.typingOf(body, "phone.placeholder")
}

// email paints a keyboard with the signs of a mail address.
func email(p *page, body rect) {
	p.pad(keyboard.EmailPad, p.view.Question.MaxLength, p.given, surveys.String)
	p.typingOf(body, "email.placeholder")
}

// given is the text of the answer so far.
func (p *page) given() string {
	text, _ := p.view.Value.Text()
	return text
}

// unread is what was written so far, while it is no answer yet: the visit names it when the visitor goes on.
func unread(text string) surveys.Value {
	if text == "" {
		return surveys.Value{}
	}
	return surveys.String(text)
}

// pad gives the state a keyboard of one layout, which starts with the answer so far as people write it.
func (p *page) pad(layout string, limit int, text func() string, value func(string) surveys.Value) {
	if p.state.keyboard == nil {
		p.state.keyboard = keyboard.NewPad(layout, text(), limit)
	}
	p.state.value = value
}

// typingOf paints the pad at the foot of body and a field of one line over it.
func (p *page) typingOf(body rect, placeholder string) {
	top := p.keyboardAt(body)
	h := p.Answer*linePitch + p.Unit
	y := max(body.y, top-h-p.Unit*3)
	p.field(rect{body.x, y, body.w, min(h, top-y-p.Apart*0.6)}, p.state.keyboard, p.Say(placeholder))
}
