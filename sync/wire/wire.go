// Package wire is what terminals and the collector say to each other: records, batches, receipts, heartbeats,
// configuration, and how they are sealed and signed. It knows no database and no screen.
package wire
