package forced
