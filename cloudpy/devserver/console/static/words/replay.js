// Words of other pages: [English, 中文].
export default {};
