package fleet_test

import (
	"errors"
	"testing"
	"time"

	"otklik/sync/collector/fleet"
)

func TestImprovementIsToldByEveryTerminalUntilItsTimeIsOver(t *testing.T) {
	f, s, clock := mustFleet(t)
	code, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []map[string]string{nil, {"en": "Chairs"}, {"ru": "Стулья", "de": "Stühle"}, {"ru": "Сту\nлья"}} {
		if _, err := f.AddImprovement(t.Context(), wrong, time.Time{}, "anna"); !errors.Is(err, fleet.ErrImprovement) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	if _, err := f.AddImprovement(t.Context(), map[string]string{"ru": "Стулья"}, clock.now(), "anna"); !errors.Is(err, fleet.ErrImprovement) {
		t.Errorf("one that is over: %v", err)
	}
	until := clock.now().Add(time.Hour)
	if _, err := f.AddImprovement(t.Context(), map[string]string{"ru": " Стулья ", "en": ""}, until, "anna"); err != nil {
		t.Fatal(err)
	}
	terminal, err := s.Terminal(t.Context(), reply.Terminal)
	if err != nil {
		t.Fatal(err)
	}
	told := func() int {
		config, err := f.Config(t.Context(), terminal)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(config.Improvements); n > 0 && (config.Improvements[0].Text["ru"] != "Стулья" || len(config.Improvements[0].Text) != 1 ||
			!config.Improvements[0].Until.Equal(until) || config.Version <= reply.Config.Version) {
			t.Errorf("%+v", config)
		}
		return len(config.Improvements)
	}
	if told() != 1 {
		t.Error("it is not told")
	}
	clock.t = clock.t.Add(time.Hour)
	if told() != 0 {
		t.Error("it is told after its time")
	}
}
