#ifdef __cplusplus
extern "C" {
#endif

char *mirror_text(const char *text);

#ifdef __cplusplus
}
#endif
