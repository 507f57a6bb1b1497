package wire

import (
	"time"

	"otklik/surveys"
)

// Glossary is an example answer to a survey: every question in its order with a likely value, every choice, as canonical
// JSON. Bodies are packed as what differs from it, so it only has to be likely, never right. It holds nothing of any
// visitor. nil for a survey too large to gain from one.
func Glossary(s *surveys.Survey) []byte {
	example := Body{
		Response: surveys.Response{
			Survey: s.ID, Version: s.Version, Number: s.Number, Seed: 1 << 63,
			Started: time.Unix(1_800_000_000, 0), Seconds: 50,
		},
		Clock: Clock{
			Wall: time.UnixMilli(1_800_000_050_500), Monotonic: 10_000_000, Boot: "01234567",
			Offset: 500, OffsetKnown: true,
		},
	}
	for _, l := range s.Languages {
		example.Response.Language = l
	}
	if len(s.Audiences) > 0 {
		example.Response.Audience = s.Audiences[0].Code
	}
	for _, q := range s.Questions() {
		example.Response.Answers = append(example.Response.Answers,
			surveys.Answer{Question: q.Code, Value: likely(q), Tenths: 35})
	}
	data, err := CanonicalBody(&example)
	if err != nil || len(data) > maxGlossary {
		return nil
	}
	return data
}

// likely is an example of a question's value, with every choice in it.
func likely(q *surveys.Question) surveys.Value {
	switch q.Kind {
	case surveys.Information:
		return surveys.Value{}
	case surveys.ShortText:
		return surveys.String("")
	case surveys.YesNo:
		return surveys.String("yes")
	case surveys.SingleChoice, surveys.MultipleChoice:
		codes := make([]string, len(q.Choices))
		for i, c := range q.Choices {
			codes[i] = c.Code
		}
		return surveys.Codes(codes...)
	}
	return surveys.Number(4)
}
