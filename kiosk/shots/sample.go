package shots

import "otklik/surveys"

// Sample is a plausible answer to a question, the same each time.
func Sample(q *surveys.Question, language string) surveys.Value {
	if _, highest, ok := q.Scale(); ok {
		return surveys.Number(float64(highest - 1))
	}
	switch q.Kind {
	case surveys.SingleChoice, surveys.PictureChoice, surveys.Dropdown:
		return surveys.String(q.Choices[0].Code)
	case surveys.MultipleChoice:
		return surveys.Codes(q.Choices[0].Code)
	case surveys.Ranking:
		var codes []string
		for i := range max(1, q.Top) {
			codes = append(codes, q.Choices[len(q.Choices)-1-i].Code)
		}
		return surveys.Codes(codes...)
	case surveys.Matrix:
		var given []surveys.RowValue
		for i, item := range q.Items() {
			given = append(given, surveys.RowValue{Row: q.Rows[i].Code, Value: Sample(item, language)})
		}
		return surveys.Rows(given...)
	case surveys.Slider, surveys.NumberEntry:
		return surveys.Number(q.Min + q.Step*float64(int((q.Max-q.Min)*0.6/q.Step)))
	case surveys.ShortText, surveys.LongText:
		return surveys.String(surveys.Text{
			"ru": "Долго ждали в очереди к окну 4, талон вызвали через сорок минут",
			"tt": "4 нче тәрәзә янында озак көттек, талонны кырык минуттан соң чакырдылар",
			"en": "A long wait at window 4: our number was called after forty minutes",
		}.In(language, "ru"))
	case surveys.Signature:
		v, _ := surveys.Strokes([][]surveys.Point{{{X: 150, Y: 250}, {X: 300, Y: 90}, {X: 380, Y: 280}, {X: 520, Y: 140}, {X: 800, Y: 230}}})
		return v
	}
	return samples[q.Kind]
}

// samples are the answers to kinds whose answer is the same whatever is asked.
var samples = map[surveys.QuestionKind]surveys.Value{
	surveys.YesNo:    surveys.String(surveys.Yes),
	surveys.Consent:  surveys.String(surveys.Yes),
	surveys.Date:     surveys.String("2026-03-14"),
	surveys.Time:     surveys.String("17:45"),
	surveys.DateTime: surveys.String("2026-03-14T17:45"),
	surveys.Phone:    surveys.String("+79172345678"),
	surveys.Email:    surveys.String("roza@example.ru"),
}
