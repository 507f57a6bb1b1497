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
var formats = map[string]struct{ contentType, ending string }{
	"csv":   {"text/csv; charset=utf-8", "csv"},
	"jsonl": {"application/x-ndjson", "jsonl"},
}

// download writes the responses of a survey as a file. What the query may say: format=csv|jsonl, header=codes|ru|tt|en,
// for=excel, outcomes=yes, timings=yes, manifest=yes: in a zip together with its manifest.
func (c *Console) download(w http.ResponseWriter, r *http.Request) error {
	id, query := r.PathValue("id"), r.URL.Query()
	format, ok := formats[query.Get("format")]
	header := query.Get("header")
	if !ok || header != "" && header != export.Codes && !slices.Contains(export.Languages, header) {
		return errNoPage
	}
	// What can go wrong is looked at before the first byte leaves.
	if err := export.Ready(r.Context(), c.Store, id); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.%s", id, c.Now().In(c.Zone).Format("2006-01-02"), format.ending)
	write := func(w io.Writer) (int, error) {
		return c.write(w, r, id, query.Get("format"), header, query.Get("for") == "excel")
	}
	contentType, file := format.contentType, name
	if query.Get("manifest") == "yes" {
		contentType, file = "application/zip", name+".zip"
		plain := write
		write = func(w io.Writer) (int, error) { return c.withManifest(r, w, id, name, plain) }
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", file))
	rows, err := write(w)
	if err != nil {
		c.Log.Error("download cut off", "survey", id, "rows", rows, "error", err)
		panic(http.ErrAbortHandler) // the browser says that the file is not whole
	}
	c.Log.Info("download", "survey", id, "rows", rows, "format", format.ending, "user", userName(r.Context()))
	return nil
}

// withManifest writes an export and its manifest into one zip, which every Windows opens as a folder.
func (c *Console) withManifest(r *http.Request, to io.Writer, survey, name string, write func(io.Writer) (int, error)) (int, error) {
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
		err = c.Manifests.Write(r.Context(), c.Store, manifest, name, survey, rows, digest)
	}
	if err == nil {
		err = folder.Close()
	}
	return rows, err
}

func (c *Console) write(w io.Writer, r *http.Request, id, format, header string, excel bool) (int, error) {
	if format == "jsonl" {
		return export.JSONL(r.Context(), c.Store, id, w)
	}
	return export.CSV(r.Context(), c.Store, id, export.Options{
		Header: header, Outcomes: r.URL.Query().Get("outcomes") == "yes", Timings: r.URL.Query().Get("timings") == "yes",
		BOM: excel, Semicolon: excel, Location: c.Zone,
	}, w)
}
