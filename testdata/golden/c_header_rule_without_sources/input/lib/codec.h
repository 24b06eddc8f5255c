int codec_open(void);
