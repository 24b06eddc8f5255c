package platforms
