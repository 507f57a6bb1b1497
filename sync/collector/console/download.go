package console

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"slices"

	"otklik/sync/collector/export"
)

// formats are what can be downloaded.
var formats = []string{"csv", "jsonl"}

// download writes the responses of a survey as a file, in a zip together with its manifest: every Windows opens it as a
// folder. What the query may say: format=csv|jsonl, header=codes|ru|tt|en, for=excel, outcomes=yes, timings=yes.
func (c *Console) download(w http.ResponseWriter, r *http.Request) error {
	id, query := r.PathValue("id"), r.URL.Query()
	format, header := query.Get("format"), query.Get("header")
	if !slices.Contains(formats, format) || header != "" && header != export.Codes && !slices.Contains(export.Languages, header) {
		return errNoPage
	}
	// What can go wrong is looked at before the first byte leaves.
	if err := export.Ready(r.Context(), c.Store, id); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.%s", id, c.Now().In(c.Zone).Format("2006-01-02"), format)
	draft, err := c.Manifests.Begin(r.Context(), c.Store)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+".zip"))
	rows, err := c.withManifest(w, id, name, draft, func(w io.Writer) (int, error) {
		return c.write(w, r, draft.Source(c.Store), id, format, header, query.Get("for") == "excel")
	})
	if err != nil {
		c.Log.Error("download cut off", "survey", id, "rows", rows, "error", err)
		panic(http.ErrAbortHandler) // the browser says that the file is not whole
	}
	c.Log.Info("download", "survey", id, "rows", rows, "format", format, "user", userName(r.Context()))
	return nil
}

// withManifest writes an export and its manifest into one zip.
func (c *Console) withManifest(to io.Writer, survey, name string, draft *export.Draft, write func(io.Writer) (int, error)) (int, error) {
	folder := zip.NewWriter(to)
	add := func(name string) (io.Writer, error) {
		return folder.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: c.Now().In(c.Zone)})
	}
	file, err := add(name)
	if err != nil {
		return 0, err
	}
	digest := export.NewDigest(file)
	rows, err := write(digest)
	if err != nil {
		return rows, err
	}
	manifest, err := add(name + ".manifest.json")
	if err == nil {
		err = draft.Write(manifest, name, survey, rows, digest)
	}
	if err == nil {
		err = folder.Close()
	}
	return rows, err
}

func (c *Console) write(w io.Writer, r *http.Request, source export.Source, id, format, header string, excel bool) (int, error) {
	if format == "jsonl" {
		return export.JSONL(r.Context(), source, id, w)
	}
	return export.CSV(r.Context(), source, id, export.Options{
		Header: header, Outcomes: r.URL.Query().Get("outcomes") == "yes", Timings: r.URL.Query().Get("timings") == "yes",
		BOM: excel, Semicolon: excel, Location: c.Zone,
	}, w)
}
