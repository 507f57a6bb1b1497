package ingest_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// config is what a heartbeat brings.
func (m *terminal) config(beat uint64) wire.TerminalConfig {
	m.t.Helper()
	status, body := m.do(http.MethodPost, wire.PathHeartbeat, encode(m.t, wire.Heartbeat{Origin: m.origin, Beat: beat}))
	var reply wire.HeartbeatReply
	if status != http.StatusOK {
		m.t.Fatalf("heartbeat: %d %s", status, body)
	}
	if err := wire.OpenSigned(wire.HeartbeatContext, m.at.keys.SigningPublic(), body, &reply); err != nil {
		m.t.Fatal(err)
	}
	return reply.Config
}

// attempt is a test taken by a ticket.
func (m *terminal) attempt(seq uint64, law *surveys.Survey, ticket, term string) wire.Record {
	m.t.Helper()
	body := m.body(seq, "")
	body.Response.Survey, body.Response.Version, body.Response.Number = law.ID, law.Version, law.Number
	body.Response.Audience, body.Response.Ticket = "", ticket
	body.Response.Answers = []surveys.Answer{
		collectortest.Said("term", surveys.String(term)), collectortest.Said("paid", surveys.String("no")),
	}
	r, err := m.sealer.Seal(seq, m.answerID(seq), body)
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

func csvOf(t *testing.T, c *collector, survey string) (header []string, rows [][]string) {
	t.Helper()
	var out strings.Builder
	if _, err := export.CSV(t.Context(), c.store, survey, export.Options{}, &out); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func TestTicketFromItsIssueToItsUse(t *testing.T) {
	c := mustCollector(t)
	law := collectortest.Publish(t, c.store, collectortest.Law)
	left, right := mustTerminal(t, c, "Левый"), mustTerminal(t, c, "Правый")
	code, err := c.fleet.IssueCode(t.Context(), "Зал", "Без тестов", "visit")
	if err != nil {
		t.Fatal(err)
	}
	without := store.Terminal{Site: "Зал", Name: "Без тестов", Surveys: []string{"visit"}}
	plain, err := c.fleet.Config(t.Context(), without)
	if err != nil || code == (wire.Code{}) {
		t.Fatal(err)
	}
	before := left.config(1)

	tickets, err := c.fleet.IssueTickets(t.Context(), "law", "Отдел приёма", "Алсу", 3)
	if err != nil || len(tickets) != 3 {
		t.Fatal(tickets, err)
	}
	known := func(config wire.TerminalConfig, ticket string) bool {
		i := slices.IndexFunc(config.Surveys, func(s wire.SurveyRef) bool { return s.ID == "law" })
		return slices.Contains(config.Surveys[i].Tickets, wire.TicketMark("law", ticket))
	}
	issued := left.config(2)
	if issued.Version <= before.Version || !known(issued, tickets[0]) || !known(issued, tickets[2]) || len(issued.Surveys[0].Tickets) != 0 {
		t.Errorf("after the issue: %+v", issued)
	}
	if same, err := c.fleet.Config(t.Context(), without); err != nil || same.Version != plain.Version {
		t.Errorf("a terminal without the test: version %d, then %d, %v", plain.Version, same.Version, err)
	}

	wantVerdicts(t, left.send(left.batch(left.attempt(1, law, tickets[0], "eleven"))), wire.Stored)
	used := right.config(1)
	if used.Version <= issued.Version || known(used, tickets[0]) || !known(used, tickets[1]) {
		t.Errorf("after the use: %+v", used)
	}
	// The other terminal was out of touch and let somebody in with the same ticket. One without a ticket is no attempt.
	unknown, err := surveys.Ticket("100000000")
	if err != nil {
		t.Fatal(err)
	}
	wantVerdicts(t, right.send(right.batch(right.attempt(1, law, tickets[0], "three"), right.attempt(2, law, unknown, "three"),
		right.attempt(3, law, "", "three"))), wire.Stored, wire.Stored, wire.Quarantined)
	if again := left.config(3); again.Version != used.Version {
		t.Errorf("nothing changed for terminals, and the version rose from %d to %d", used.Version, again.Version)
	}

	all, err := c.store.Tickets(t.Context(), "law")
	if err != nil {
		t.Fatal(err)
	}
	first := store.Key{Origin: left.origin, Seq: 1, AnswerID: left.answerID(1)}
	if all[0].UsedBy != first || !all[0].Used.Equal(now()) || !all[1].Open() || !all[2].Open() {
		t.Errorf("tickets: %+v", all)
	}
	r := results.New(c.store)
	sum, err := r.Survey(t.Context(), "law")
	if err != nil {
		t.Fatal(err)
	}
	if sum.Responses != 1 || sum.Test.Passed != 1 || sum.Aside != (results.Aside{UsedBefore: 1, Unknown: 1}) {
		t.Errorf("figures: %d responses, %+v, aside %+v", sum.Responses, sum.Test, sum.Aside)
	}
	marks, err := r.TicketMarks(t.Context(), "law")
	if err != nil || len(marks) != 1 || marks[first] != (results.Mark{Points: 3, Highest: 3, Passed: true}) {
		t.Errorf("marks %+v, %v", marks, err)
	}

	header, rows := csvOf(t, c, "law")
	at := slices.Index(header, "ticket")
	if at < 0 || header[at+1] != "ticket_state" || len(rows) != 3 {
		t.Fatalf("%d rows under %v", len(rows), header)
	}
	for i, want := range [][]string{{tickets[0], "good"}, {tickets[0], "used-before"}, {unknown, "unknown"}} {
		if got := rows[i][at : at+2]; !slices.Equal(got, want) {
			t.Errorf("row %d: %v, want %v", i, got, want)
		}
	}
	if header, _ := csvOf(t, c, "visit"); slices.Contains(header, "ticket") {
		t.Error("a survey without tickets has their column")
	}
}
