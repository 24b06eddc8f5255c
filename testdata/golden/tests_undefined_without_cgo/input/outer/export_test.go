package outer

const Answer = 7
