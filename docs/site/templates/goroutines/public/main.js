export default {
  defaultTheme: 'auto',
  showLightbox: (img) => img.naturalWidth > 600,
}
