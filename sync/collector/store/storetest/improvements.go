package storetest

import (
	"errors"
	"testing"
	"time"

	"otklik/sync/collector/store"
)

func improvements(t *testing.T, p Place) {
	s := openAt(t, p)
	version := func() uint64 {
		t.Helper()
		v, err := s.ConfigVersion(t.Context())
		must(t, err)
		return v
	}
	before := version()
	chairs := store.Improvement{Text: map[string]string{"ru": "Поставили стулья", "en": "There are chairs"}, Added: Now, By: "anna"}
	first, err := s.AddImprovement(t.Context(), chairs)
	must(t, err)
	second, err := s.AddImprovement(t.Context(), store.Improvement{
		Text: map[string]string{"ru": "Окно 4 открыто"}, Until: Now.Add(time.Hour), Added: Now.Add(time.Minute), By: "ilya",
	})
	must(t, err)
	if first == second || version() != before+2 {
		t.Errorf("improvements %d and %d, configuration %d after %d", first, second, version(), before)
	}
	all, err := openAt(t, p).Improvements(t.Context()) // as another process sees them
	must(t, err)
	if len(all) != 2 || all[0].ID != second || !all[0].Until.Equal(Now.Add(time.Hour)) || all[1].Text["en"] != "There are chairs" ||
		all[1].By != "anna" || !all[1].Until.IsZero() || !all[1].Added.Equal(Now) {
		t.Errorf("%+v", all)
	}
	if all[0].Told(Now.Add(time.Hour)) || !all[0].Told(Now) || !all[1].Told(Now.AddDate(9, 0, 0)) {
		t.Error("what is told when is wrong")
	}
	must(t, s.RemoveImprovement(t.Context(), first))
	if err := s.RemoveImprovement(t.Context(), first); !errors.Is(err, store.ErrNotFound) || version() != before+3 {
		t.Errorf("removed twice: %v, configuration %d after %d", err, version(), before)
	}
	for range store.MaxImprovements - 1 {
		_, err := s.AddImprovement(t.Context(), chairs)
		must(t, err)
	}
	if _, err := s.AddImprovement(t.Context(), chairs); !errors.Is(err, store.ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
}
