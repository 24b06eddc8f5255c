package same
