package greeting

const system = "windows"
