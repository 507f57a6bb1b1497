package wire_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/wire"
)

func TestMarksNeverChange(t *testing.T) {
	mark := wire.TicketMark("law", "1234567894")
	if got := hex.EncodeToString(mark[:]); got != "3b25873f211d57d9" {
		t.Errorf("the mark is %s", got)
	}
	if mark == wire.TicketMark("law-2", "1234567894") || mark == wire.TicketMark("law", "1234567886") {
		t.Error("another survey or ticket has the same mark")
	}
}

func TestTicketCostsFewBytesOfARecord(t *testing.T) {
	source := string(twentyQuestions(t).Source)
	source = strings.Replace(source, "kind: exit-poll\n", "kind: test\ntest: {pass_mark: 50, tickets: true}\n", 1)
	survey, err := surveys.Load("exit-poll.yaml", []byte(source))
	ok(t, err)
	with := mustSeal(t, wire.Glossary(survey))
	body := twentyAnswers(survey, 7)
	without, err := with.sealer.Seal(1, terminalID, body)
	ok(t, err)
	body.Response.Ticket = "1234567894"
	record, err := with.sealer.Seal(2, terminalID, body)
	ok(t, err)
	if more := len(record.Sealed) - len(without.Sealed); more > 32 {
		t.Errorf("the ticket takes %d bytes, more than one block of padding", more)
	}
	back, _, err := with.opener.Open(with.origin, record)
	ok(t, err)
	if back.Response.Ticket != body.Response.Ticket {
		t.Errorf("the ticket came back as %q", back.Response.Ticket)
	}
	if !slices.Contains(strings.Split(string(wire.Glossary(survey)), ","), `"ticket":"0000000000"`) {
		t.Error("the glossary of a test by ticket has none")
	}
}

func TestFullConfigurationFitsAReply(t *testing.T) {
	marks := make([][8]byte, wire.MaxTickets)
	for i := range marks {
		marks[i] = wire.TicketMark("law", strings.Repeat("9", 1+i%9))
	}
	config := wire.TerminalConfig{Surveys: []wire.SurveyRef{{ID: "law", Tickets: marks}}}
	data, err := wire.Encode(wire.HeartbeatReply{Config: config})
	ok(t, err)
	var back wire.HeartbeatReply
	ok(t, wire.Decode(data, &back))
	if len(data) > 20<<10 || !slices.Equal(back.Config.Surveys[0].Tickets, marks) {
		t.Errorf("%d bytes, %d marks came back", len(data), len(back.Config.Surveys[0].Tickets))
	}
}
