package wire

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"time"

	"otklik/surveys"
)

// Bounds of a glossary, plain and sealed, in bytes.
const (
	maxGlossary       = 32 << 10
	maxSealedGlossary = 16 << 10
)

// Glossary is an example answer to a survey, as canonical JSON: every question in its order with a likely value, and after
// it every other word an answer may have. Bodies are packed as what differs from it, so it only has to be likely, never
// right, and never changes for a version of a survey. It holds nothing of any visitor. It is nil for a survey too large
// for one, whose answers then travel at their full length.
func Glossary(s *surveys.Survey) []byte {
	example := Body{
		Response: surveys.Response{
			Survey: s.ID, Version: s.Version, Number: s.Number, Seed: 1 << 63, Started: timeBase, Zone: 180,
			Seconds: 50,
		},
		Clock: Clock{
			Wall: timeBase.Add(50500 * time.Millisecond), Monotonic: 10_000_000, Boot: "01234567",
			Offset: 500, OffsetKnown: true,
		},
	}
	words := []string{"o", string(surveys.Skipped), "yes", "no"}
	if len(s.Languages) > 0 {
		example.Response.Language = s.Languages[0]
		words = append(words, s.Languages[1:]...)
	}
	if len(s.Audiences) > 0 {
		example.Response.Audience = s.Audiences[0].Code
		for _, a := range s.Audiences[1:] {
			words = append(words, a.Code)
		}
	}
	if s.Test != nil && s.Test.Tickets {
		example.Response.Ticket = "0000000000"
	}
	for _, q := range s.Questions() {
		example.Response.Answers = append(example.Response.Answers,
			surveys.Answer{Question: q.Code, Value: likely(q), Tenths: 35})
		if q.Kind == surveys.SingleChoice {
			for _, c := range q.Choices {
				words = append(words, c.Code)
			}
		}
	}
	glossary, err := CanonicalBody(&example)
	if err != nil {
		return nil
	}
	for _, w := range words {
		glossary = strconv.AppendQuote(glossary, w)
	}
	if packed, err := packGlossary(glossary); err != nil || len(packed)+tagBytes > maxSealedGlossary {
		return nil
	}
	return glossary
}

// likely is an example of a question's value; a list has every choice in it.
func likely(q *surveys.Question) surveys.Value {
	switch q.Kind {
	case surveys.Information:
		return surveys.Value{}
	case surveys.ShortText:
		return surveys.String("")
	case surveys.YesNo:
		return surveys.String("yes")
	case surveys.SingleChoice:
		return surveys.String(q.Choices[0].Code)
	case surveys.MultipleChoice:
		codes := make([]string, len(q.Choices))
		for i, c := range q.Choices {
			codes[i] = c.Code
		}
		return surveys.Codes(codes...)
	}
	return surveys.Number(0)
}

// packGlossary deflates and pads a glossary for its session.
func packGlossary(glossary []byte) ([]byte, error) {
	if len(glossary) > maxGlossary {
		return nil, fmt.Errorf("wire: a glossary of %d bytes, at most %d; use what Glossary returns", len(glossary), maxGlossary)
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(glossary); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return pad(out.Bytes()), nil
}

func unpackGlossary(packed []byte) ([]byte, error) {
	in, err := unpad(packed)
	if err != nil {
		return nil, err
	}
	glossary, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(in)), maxGlossary+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the glossary: %w", ErrMalformed, err)
	case len(glossary) > maxGlossary:
		return nil, fmt.Errorf("%w: the glossary has more than %d bytes inside", ErrMalformed, maxGlossary)
	}
	return glossary, nil
}
