package greeting

const system = "linux"
