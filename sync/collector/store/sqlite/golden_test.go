package sqlite_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// golden unpacks a store that an earlier version made.
func golden(t *testing.T, name string) (path string) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name+".db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	from, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "collector.db")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A store that was made with the tables up to migration 25 is opened, verified and worked with: three terminals, one of them
// revoked and one with a second disk, nine responses, a clone, a changed record, four records in quarantine, one of which was
// released and one of which has an impossible number.
func TestStoreOfAnEarlierVersion(t *testing.T) {
	path := golden(t, "v25")
	if _, err := sqlite.Inspect(t.Context(), path); err != nil {
		t.Fatalf("as it is, as in a backup: %v", err)
	}
	s := mustOpen(t, path)
	v, err := s.Verify(t.Context(), nil)
	if err != nil || len(v.Faults) != 0 || v.Origins != 4 || v.Responses != 9 || v.Conflicts != 1 || v.Quarantined != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	all, err := s.Coverage(t.Context(), uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	type told struct {
		here            wire.Ranges
		missing, former uint64
	}
	got := map[wire.Origin]told{}
	for _, c := range all {
		got[c.Origin] = told{c.Here, c.Missing(), c.OnFormerDisk()}
	}
	if want := (map[wire.Origin]told{
		storetest.Origin("Левый"):              {wire.Ranges{{First: 1, Last: 4}, {First: 6, Last: 6}}, 1, 0},
		storetest.Origin("Правый"):             {wire.Ranges{{First: 1, Last: 3}}, 50, 50},
		storetest.Origin("Правый, новый диск"): {nil, 0, 0},
		storetest.Origin("Старый"):             {wire.Ranges{{First: 1, Last: 1}, {First: 9, Last: 9}}, 7, 0},
	}); !reflect.DeepEqual(got, want) {
		t.Errorf("what is here: %+v\nwant %+v", got, want)
	}
	alarms, err := s.Alarms(t.Context(), 10)
	kinds := map[store.AlarmKind]int{}
	for _, a := range alarms {
		kinds[a.Kind] += a.Times
	}
	if want := map[store.AlarmKind]int{store.ClonedDisk: 1, store.ChangedBody: 1, store.TwoMachines: 1}; err != nil || !reflect.DeepEqual(kinds, want) {
		t.Errorf("alarms %v, %v", kinds, err)
	}
	terminals, err := s.Terminals(t.Context())
	if err != nil || len(terminals) != 3 {
		t.Fatalf("%+v, %v", terminals, err)
	}
	for _, one := range terminals {
		if want := map[string]uint64{"Левый": 5, "Правый": 3, "Старый": 2}[one.Name]; one.Kept != want {
			t.Errorf("%s has %d, want %d", one.Name, one.Kept, want)
		}
		if one.Name == "Левый" {
			in := store.Intake{Terminal: one.ID, Origin: storetest.Origin("Левый"), Received: storetest.Now, Arrivals: []store.Arrival{genuine(storetest.Origin("Левый"), 5, "да")}}
			if d, err := s.Keep(t.Context(), in); err != nil || d[0].Verdict != wire.Stored {
				t.Errorf("%+v, %v", d, err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path)
	if v := verify(t, path); len(v.Faults) != 0 || v.Responses != 10 {
		t.Errorf("after it was worked with: %+v", v)
	}
}
