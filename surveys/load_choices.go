package surveys

import (
	"fmt"
	"regexp"

	"otklik/surveys/expr"
)

// other is the code of the choice that stays last in a random order.
const other = "other"

// imageShape is the name of a file beside the survey, or without a dot of one of the product's icons.
var imageShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(\.(svg|png|jpg))?$`)

// choices reads the choices of q; their conditions see what its relevance does.
func (l *loader) choices(o object, q *Question, sees sight) {
	most := maxChoices
	if q.Kind == Dropdown {
		most = maxDropdown
	}
	seen := map[string]place{}
	for _, f := range o.list("choices", "choices", 2, most, q.Kind.Traits().HasChoices) {
		c, ok := l.object(f, "a choice", "code", "text", "exclusive", "last", "image", "when")
		if !ok {
			continue
		}
		code, at := l.code(c)
		l.distinct(seen, "choice", code, at)
		i := len(q.Choices)
		q.Choices = append(q.Choices, Choice{
			Code: code, Text: l.text(c, "text", maxLabel, true), Exclusive: c.boolean("exclusive"), Image: l.image(c),
		})
		choice := &q.Choices[i]
		choice.Last = choice.Exclusive || choice.Code == other || c.boolean("last")
		l.condition(c, "when", sees, func(p *expr.Program) { q.Choices[i].When = p })
		if choice.Image == "" && q.Kind == PictureChoice {
			l.problem(c.keyPlace("image"), "a choice has no image", "image, a file such as ticket.png or the name of an icon")
		}
		if e, ok := c.fields["exclusive"]; ok && q.Kind.Traits().HasChoices && q.Kind != MultipleChoice {
			l.problem(e.at, fmt.Sprintf("exclusive does not belong to a choice of a %s question", q.Kind), "exclusive on multiple-choice only")
		}
		if w, ok := c.fields["when"]; ok && q.Kind == Matrix {
			l.problem(w.at, "the choices of a matrix are the same for every visitor", "no when")
		}
	}
	order, _ := oneOfAt(o, "order", random, false)
	q.RandomChoices = order != ""
}

func (l *loader) image(c object) string {
	const expected = "a file such as ticket.png (PNG or JPEG), or the name of an icon such as ticket"
	f, ok := c.fields["image"]
	if !ok {
		return ""
	}
	name := l.name(f, expected, maxCode, imageShape.MatchString)
	if isImageFile(name) {
		l.survey.files = append(l.survey.files, named{name, f.at})
	}
	return name
}
