package ofb
