package agent

// The agent's files in the data folder.
const (
	identityFile  = "identity.json"
	enrollingFile = "enrolling.json" // the key of an enrolment under way
	configFile    = "config.cbor"
	beatFile      = "beat"
	statusFile    = "status.json"
	surveysFolder = "surveys"
)
